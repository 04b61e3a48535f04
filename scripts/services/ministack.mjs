/** ministack: DynamoDB, and a KMS that enforces key states and knows multi-region keys. */
import { install } from './install.mjs';
import { pythonOf, pythonRecipe } from './python.mjs';

const VERSION = '1.5.33';
const NAME = `ministack-${VERSION}`;

/** @type {import('./index.mjs').Service} */
export const ministack = {
  name: 'ministack',
  version: VERSION,
  variable: 'FIELDSEAL_MINISTACK_URL',
  install: () =>
    install(pythonRecipe({ name: NAME, packages: [`ministack==${VERSION}`, 'cryptography'], constraints: 'ministack.constraints.txt' })),
  command: port => ({
    command: pythonOf(NAME),
    args: ['-m', 'ministack'],
    env: {
      // Without BIND_HOST it listens on every interface; without the switches it opens an MQTT port that is always the same.
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      SERVICES: 'dynamodb,dynamodbstreams,kms,lambda,logs,iam,sts',
      IOT_MTLS_ENABLED: '0',
      SFTP_ENABLED: '0',
      // It removes containers of other ministacks as it starts: it is shown no Docker.
      DOCKER_HOST: 'unix:///nonexistent/docker.sock',
    },
  }),
};
