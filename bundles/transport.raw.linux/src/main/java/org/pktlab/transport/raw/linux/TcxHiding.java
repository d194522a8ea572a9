package org.pktlab.transport.raw.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.pktlab.program.EbpfProgram;
import org.pktlab.transport.HidingFailedException;
import org.pktlab.transport.parts.Errno;

/**
 * A capture program that also runs in the kernel, where an interface hands arriving packets to the host's stack (TCX, Linux 6.6 or later): those for which its
 * result is positive are dropped there, all others pass to whatever comes next. Packet sockets have got their copies before. The kernel ends it with the
 * descriptor of the link, and so with the process, however that ends.
 */
final class TcxHiding implements Hiding {
  private static final int TCX_INGRESS = 46; // of linux/bpf.h
  private static final int ENOSYS = 38;
  private static final int ENOTSUP = 95;

  private final int link;

  private TcxHiding(int link) {
    this.link = link;
  }

  /**
   * Begins to hide.
   *
   * @throws NoTcxException when there is none for this interface; nothing is hidden then
   * @throws HidingFailedException for any other reason of the kernel
   */
  static TcxHiding start(Interface where, EbpfProgram program) throws NoTcxException, HidingFailedException {
    return start(where, program, TCX_INGRESS);
  }

  /**
   * Begins to hide.
   *
   * @param attachType the number of the place; one that the kernel does not know is to it what TCX is to an older one
   */
  static TcxHiding start(Interface where, EbpfProgram program, int attachType) throws NoTcxException, HidingFailedException {
    int header = where.linkHeader();
    if (header < 0) {
      throw new NoTcxException("packets of " + where.name() + " have link-layer headers of the unknown kind " + where.linkType());
    }
    try (Arena arena = Arena.ofConfined()) {
      HidingPlace place = HidingPlace.classifier(header);
      int loaded = Bpf.load(arena, place.programType(), HidingProgram.of(program, place));
      try {
        MemorySegment attach = arena.allocate(Bpf.ATTRIBUTES, 8);
        attach.set(JAVA_INT, 0, loaded);
        attach.set(JAVA_INT, 4, where.index());
        attach.set(JAVA_INT, 8, attachType);
        int link = Bpf.call(arena, Bpf.LINK_CREATE, attach);
        if (link < 0) {
          throw refusal(where, -link);
        }
        return new TcxHiding(link);
      } finally {
        new Libc(arena).close(loaded);
      }
    }
  }

  private static HidingFailedException refusal(Interface where, int error) throws NoTcxException {
    if (error == Errno.EINVAL || error == ENOTSUP || error == ENOSYS) { // all that older kernels say of a place that they do not know
      throw new NoTcxException("Linux " + System.getProperty("os.version") + " has no TCX");
    }
    return new HidingFailedException("the kernel does not attach the program to " + where.name() + ": " + Bpf.reason(error));
  }

  @Override
  public void close() {
    try (Arena arena = Arena.ofConfined()) {
      new Libc(arena).close(link);
    }
  }
}
