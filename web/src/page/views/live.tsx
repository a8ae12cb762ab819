// What the hosted page adds to the report: controls in its header, and sections of its own.

import { Controls, mixText } from '../../live/controls';
import type { DeviceChoice, Live } from '../../report/model';
import type { Opened, PageState } from '../state';
import { say } from '../text';
import { CompareSection } from './compare';
import { DeviceSection } from './device';
import { SweepSection } from './sweep';

export function makeLive(page: PageState, opened: Opened): Live {
  return {
    devices: page.deviceChoices,
    chooseDevice: (choice: DeviceChoice) => opened.whatIf.chooseDevice(choice),
    controls: () => <Controls whatIf={opened.whatIf} />,
    remark: () => mixText(opened.whatIf),
    sections: [
      {
        id: 'compare',
        title: () => say('compare'),
        view: () => <CompareSection page={page} />,
      },
      {
        id: 'sweep',
        title: () => say('sweep'),
        view: () => <SweepSection page={page} opened={opened} />,
      },
      {
        id: 'device',
        title: () => say('editor'),
        view: () => <DeviceSection page={page} opened={opened} />,
      },
    ],
  };
}
