/** Lets Node load the domain, whose imports bear no extension. */
import { registerHooks } from 'node:module';

registerHooks({
  resolve(specifier, context, next) {
    try {
      return next(specifier, context);
    } catch (error) {
      if (/^\.\.?\//.test(specifier)) return next(`${specifier}.ts`, context);
      throw error;
    }
  },
});
