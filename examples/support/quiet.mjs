// The AWS SDK prints a note on Node 20 whenever a client is made. It is true, but it would hide what an example prints.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
