/** Whether this process is elevated, for sentences that must not tell somebody to become what he is. */
import koffi from 'koffi';

/** True as an administrator with all rights; false elsewhere than on Windows, or where Windows does not say. */
export const isElevated = (): boolean => {
  if (process.platform !== 'win32') return false;
  try {
    const isUserAnAdmin: () => number = koffi.load('shell32.dll').func('int IsUserAnAdmin()');
    return isUserAnAdmin() !== 0;
  } catch {
    return false;
  }
};
