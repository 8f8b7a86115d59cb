/** A plugin: the host starts and stops it, and it shows a panel in between. */
import codebolt from '@codebolt/codeboltjs';

const PANEL = 'feedback';

codebolt.onPluginStart(async (context) => {
  const { pluginId, manifest } = context as any;
  codebolt.dynamicPanel.onMessage(PANEL, async (data: any) => {
    if (data.action === 'submit') await codebolt.dynamicPanel.send(PANEL, { thanks: data.text });
  });
  await codebolt.dynamicPanel.open(PANEL, manifest.name, `<p>${pluginId}</p>`);
});

codebolt.onPluginStop(async () => {
  codebolt.dynamicPanel.offMessage(PANEL);
  await codebolt.dynamicPanel.close(PANEL);
});
