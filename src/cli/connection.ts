/** Says by `say` when the connection is lost, and when it is there again: once each. */
export function saysWhenLost(say: (message: string) => void): (connected: boolean) => void {
  let isLost = false;
  return (connected) => {
    if (isLost === !connected) return;
    isLost = !connected;
    say(isLost ? 'the connection is lost, and sought again' : 'connected again');
  };
}
