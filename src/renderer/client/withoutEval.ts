import * as z from 'zod';

/**
 * Must be imported before any schema: tells zod not to try `new Function`, which the window's content security policy
 * forbids (zod would fall back by itself, but each try is reported as a violation).
 */
z.config({ jitless: true });
