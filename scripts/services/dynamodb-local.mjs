/**
 * Amazon's DynamoDB Local, in memory. Its licence forbids redistribution: it is downloaded from Maven, never committed or packed. It
 * listens on every interface and has no option against that, so it runs for the length of a test and holds test data only.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { folderOf, install, outputOf } from './install.mjs';

const VERSION = '3.1.0';
const NAME = `dynamodb-local-${VERSION}`;
const OLDEST_JAVA = 17;

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>fieldseal</groupId>
  <artifactId>dynamodb-local</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>software.amazon.dynamodb</groupId>
      <artifactId>DynamoDBLocal</artifactId>
      <version>${VERSION}</version>
    </dependency>
  </dependencies>
</project>
`;

/** @type {import('./index.mjs').Service} */
export const dynamodbLocal = {
  name: 'dynamodb-local',
  version: VERSION,
  variable: 'FIELDSEAL_DYNAMODB_LOCAL_URL',
  install: () =>
    install({
      name: NAME,
      result: join('lib', `DynamoDBLocal-${VERSION}.jar`),
      stamp: POM,
      check: checkJava,
      steps: folder => {
        const pom = join(folder, 'pom.xml');
        writeFileSync(pom, POM);
        const goal = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';
        const options = ['-DincludeScope=runtime', `-DoutputDirectory=${join(folder, 'lib')}`];
        return [{ command: 'mvn', args: ['-q', '-B', '-f', pom, goal, ...options] }];
      },
    }),
  command: port => ({
    command: 'java',
    args: [
      // A short start and a small heap matter here, peak speed does not.
      ...['-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'],
      ...['-cp', join(folderOf(NAME), 'lib', '*'), 'software.amazon.dynamodb.services.local.main.ServerRunner'],
      ...['-inMemory', '-sharedDb', '-disableTelemetry', '-port', String(port)],
    ],
  }),
};

async function checkJava() {
  const needed = `${NAME} needs a Java runtime, ${OLDEST_JAVA} or newer, and Maven`;
  const java = await outputOf('java', '-version');
  if (java === undefined) throw new Error(`${needed}: 'java' does not run`);
  const major = Number(/version "(\d+)/.exec(java)?.[1] ?? 0);
  if (major < OLDEST_JAVA) throw new Error(`${needed}: 'java' is ${java.split('\n')[0]}`);
  const maven = await outputOf('mvn', '--version');
  if (maven === undefined) throw new Error(`${needed}: 'mvn' does not run`);
}
