'use strict';
/* eslint-disable @typescript-eslint/no-require-imports -- it runs as CommonJS, and replaces Module's own loading */
/*
 * Stands in for Electron's default_app.asar, which packaged applications leave out: loads the application in the folder
 * (or file) named on the command line, as `electron <folder>` does. Set-up copies it to resources/app of a runtime that
 * comes from a packaged application. Runs inside Electron, on its Node.
 */
const { app, dialog } = require('electron');
const fs = require('fs');
const Module = require('module');
const path = require('path');

/** What the command line asks for; the same rules as Electron's own default application. */
function parseArguments(args) {
  const result = { target: undefined, modules: [], version: false };
  for (let index = 0; index < args.length; index += 1) {
    const argument = args[index];
    if (argument === '--version' || argument === '-v') result.version = true;
    else if (argument === '--require' || argument === '-r') result.modules.push(args[(index += 1)]);
    else if (argument.startsWith('--app=')) result.target = argument.slice('--app='.length);
    else if (!argument.startsWith('-')) result.target = argument;
    if (result.version || result.target !== undefined) break;
  }
  return result;
}

function fail(message) {
  console.error(message);
  if (app.isReady() || process.platform !== 'linux' || process.env.DISPLAY)
    dialog.showErrorBox('Cannot start the application', message);
  app.exit(1);
}

function loadApplication(target) {
  Object.defineProperty(process, 'defaultApp', { configurable: false, enumerable: true, value: true });
  const applicationPath = path.resolve(target);
  const packageFile = path.join(applicationPath, 'package.json');
  let appPath;
  if (fs.existsSync(packageFile)) {
    const description = JSON.parse(fs.readFileSync(packageFile, 'utf8'));
    if (description.version) app.setVersion(description.version);
    const name = description.productName || description.name;
    if (name) app.setName(name);
    if (app.setDesktopName) app.setDesktopName(description.desktopName || `${app.getName()}.desktop`);
    appPath = applicationPath;
  }
  const entry = Module._resolveFilename(applicationPath, null, true);
  app.setAppPath(appPath || path.dirname(entry));
  Module._load(applicationPath, Module, true);
}

const request = parseArguments(process.argv.slice(1));
if (request.version) {
  console.log(`v${process.versions.electron}`);
  process.exit(0);
}
if (request.modules.length > 0) Module._preloadModules(request.modules);
if (request.target === undefined) {
  fail('Name the folder of the application to run: electron <folder>');
} else {
  try {
    loadApplication(request.target);
  } catch (error) {
    fail(`Cannot load ${request.target}: ${error && error.stack ? error.stack : error}`);
  }
}
