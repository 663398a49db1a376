import { register } from 'node:module';

// Loaded by `node --import`: writes down each module that the process loads.
if (process.env['COUNT_MODULES'] !== undefined)
  register(
    `data:text/javascript,${encodeURIComponent(`
      import { appendFileSync } from 'node:fs';
      const file = ${JSON.stringify(`${process.env['COUNT_MODULES']}.${process.pid}`)};
      export async function load(url, context, next) {
        appendFileSync(file, url + '\\n');
        return await next(url, context);
      }
    `)}`,
  );
