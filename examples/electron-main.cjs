/**
 * The main process of an Electron application that gives its virtual machines Wi-Fi. CommonJS, which requires the package as it is:
 * Electron 35 and later have a Node that can. Not run in Electron itself by anybody yet: a test runs it as CommonJS in plain Node,
 * with something in Electron's place, and another one sees to it that no native call asks for a buffer outside of V8's cage, which
 * Electron forbids.
 */
const { app, BrowserWindow, dialog, ipcMain } = require('electron');
const { proxyWifi } = require('proxy-wifi');
const { createActor, waitFor } = require('xstate');

const proxy = createActor(proxyWifi, {
  input: { endpoints: ['tcp://127.0.0.1'], requestPort: 0, radio: 'simulated' },
});

// Wrong input, or no endpoint that could be bound: a sentence for each problem.
proxy.subscribe({ error: ({ message }) => dialog.showErrorBox('Wi-Fi for virtual machines', message) });

app.whenReady().then(async () => {
  const window = new BrowserWindow({ width: 480, height: 640 });
  // Facts and status are plain data: they go to a page as they are.
  proxy.on('*', (fact) => {
    if (!window.isDestroyed()) window.webContents.send('fact', fact);
  });
  ipcMain.handle('status', () => proxy.getSnapshot().context.status.read());
  proxy.start();
  await window.loadFile('index.html');
});

let isStopped = false;
app.on('before-quit', async (event) => {
  if (isStopped || proxy.getSnapshot().status !== 'active') return;
  // Connections are closed and the host's Wi-Fi is let go of before the process ends.
  event.preventDefault();
  proxy.send({ type: 'stop' });
  await waitFor(proxy, (snapshot) => snapshot.matches('stopped'));
  isStopped = true;
  app.quit();
});
