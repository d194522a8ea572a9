package org.pktlab.transport.raw.linux;

import java.lang.foreign.Arena;

/**
 * Keeps the kernel taking times of received packets. It begins only some time after the first socket has asked for times, and ends with the last of them; a packet
 * received meanwhile has the time of the system call that read it. So one socket asks all the time.
 */
final class TimeKeeper implements AutoCloseable {
  private final Libc libc = new Libc(Arena.ofAuto());
  private int fd;

  TimeKeeper() {
    fd = libc.socket(Libc.AF_INET, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC, 0);
    if (fd >= 0) {
      libc.setOption(fd, Libc.SOL_SOCKET, Libc.SO_TIMESTAMPNS, 1);
    }
  }

  @Override
  public synchronized void close() {
    libc.close(fd);
    fd = -1;
  }
}
