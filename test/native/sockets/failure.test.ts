import { expect } from 'chai';
import { codeOf, failLater, socketFailure } from '../../../native/sockets/failure.js';

describe('a socket failure', () => {
  it('says what was wrong, where, and what to do', () => {
    expect(socketFailure('listen', 'tcp://127.0.0.1:12345', 'EADDRINUSE')).to.deep.equal({
      operation: 'listen',
      where: 'tcp://127.0.0.1:12345',
      code: 'EADDRINUSE',
      detail:
        'listen tcp://127.0.0.1:12345: address in use (EADDRINUSE). ' +
        'Is another proxy-wifi running? Choose another port with --request-port.',
    });
  });

  it("says who holds a guest's port, and which option chooses another one", () => {
    const { detail } = socketFailure('listen', 'tcp://127.0.1.7:12346', 'EADDRINUSE', {
      portOption: '--notification-port',
    });
    expect(detail).to.equal(
      'listen tcp://127.0.1.7:12346: address in use (EADDRINUSE). Another guest command holds it, probably guest watch ' +
        'or guest connect --stay: stop that, or choose another port with --notification-port.',
    );
  });

  it('gives the advice that fits the operation', () => {
    expect(socketFailure('listen', 'tcp://127.0.0.1:80', 'EACCES').detail).to.include('above 1023');
    expect(socketFailure('connect', 'unix:///run/vm1.vsock', 'EACCES').detail).to.include('hypervisor');
    expect(socketFailure('read', 'tcp://127.0.1.7', 'EACCES').detail).to.equal(
      'read tcp://127.0.1.7: permission denied (EACCES)',
    );
  });

  it('speaks of paths and users where there are no ports', () => {
    const detail = (code: string): string =>
      socketFailure('listen', 'unix:///run/vm1.vsock_12345', code).detail;
    expect(detail('EADDRINUSE')).to.equal(
      'listen unix:///run/vm1.vsock_12345: somebody listens at this socket already (EADDRINUSE). ' +
        'Is another proxy-wifi serving this virtual machine? Stop it, or give another path.',
    );
    expect(detail('EACCES')).to.include('no access to the socket or its folder').and.include('may write');
    expect(detail('EPERM')).to.include('--socket-owner');
    for (const code of ['EADDRINUSE', 'EACCES', 'EPERM', 'ECONNREFUSED', 'EROFS'])
      expect(detail(code)).to.not.match(/\bport|firewall/);
  });

  it('knows the names of Winsock', () => {
    const { code, detail } = socketFailure('listen', 'hvsocket://any', 'WSAEADDRINUSE');
    expect(code).to.equal('WSAEADDRINUSE');
    expect(detail).to.include('address in use (WSAEADDRINUSE)');
  });

  it('says at least the code of an error that it does not know', () => {
    expect(socketFailure('read', 'vsock://3', 'ESTRANGE').detail).to.equal(
      'read vsock://3: failed (ESTRANGE)',
    );
  });

  it('can be told more than the code says', () => {
    expect(
      socketFailure('connect', 'unix:///run/vm', 'EPROTO', { what: 'it said "hello"' }).detail,
    ).to.include('connect unix:///run/vm: it said "hello" (EPROTO). ');
  });

  it("takes the code from Node's errors, in the system's words where there are any", () => {
    expect(codeOf(Object.assign(new Error(), { code: 'ECONNRESET' }))).to.equal('ECONNRESET');
    expect(codeOf(Object.assign(new Error(), { code: 'ERR_STREAM_DESTROYED' }))).to.equal('EPIPE');
    expect(codeOf(Object.assign(new Error(), { code: 'ERR_STREAM_WRITE_AFTER_END' }))).to.equal('EALREADY');
    expect(codeOf(Object.assign(new Error(), { code: 'ERR_STREAM_PREMATURE_CLOSE' }))).to.equal('EPIPE');
    expect(codeOf(Object.assign(new Error(), { code: 'ERR_STREAM_ALREADY_FINISHED' }))).to.equal('EALREADY');
    expect(codeOf(null)).to.equal('UNKNOWN');
    expect(codeOf('EPIPE')).to.equal('UNKNOWN');
    expect(codeOf(new Error('no code'))).to.equal('UNKNOWN');
    expect(codeOf(undefined)).to.equal('UNKNOWN');
  });

  it('of a Unix socket is the same for both commands, whichever port option there is', () => {
    const where = 'unix:///run/vm1.vsock';
    const { detail } = socketFailure('listen', where, 'EADDRINUSE', { portOption: '--notification-port' });
    expect(detail).to.equal(socketFailure('listen', where, 'EADDRINUSE').detail);
  });

  it('has other advice where somebody knows better, and names Winsock’s code once', () => {
    expect(socketFailure('listen', 'vsock://3', 'WSAEACCES', { advice: 'Use {option}.' }).detail).to.equal(
      'listen vsock://3: permission denied (WSAEACCES). Use --request-port.',
    );
    expect(socketFailure('read', 'vsock://3', 'EWSAX').detail).to.equal('read vsock://3: failed (EWSAX)');
  });

  describe('that is told later', () => {
    const failure = socketFailure('connect', 'vsock://3', 'ECONNREFUSED');
    const told = (): { readonly failed: (found: typeof failure) => void; readonly heard: unknown[] } => {
      const heard: unknown[] = [];
      return { failed: (found) => void heard.push(found), heard };
    };

    it('is not told from within the call that asked', async () => {
      const delivery = told();
      failLater(failure, delivery);
      expect(delivery.heard).to.deep.equal([]);
      await Promise.resolve();
      expect(delivery.heard).to.deep.equal([failure]);
    });

    it('is not told to who has given up', async () => {
      const delivery = told();
      failLater(failure, delivery)();
      await Promise.resolve();
      expect(delivery.heard).to.deep.equal([]);
    });
  });
});
