package org.pktlab.bench.mlets;

import java.io.OutputStream;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.pktlab.mlet.run.MletRunner;
import org.pktlab.mlet.run.Outcome;
import org.pktlab.mlet.run.RunListener;
import org.pktlab.mlet.run.RunRefusedException;
import org.pktlab.mlet.run.RunRequest;

/** The shell command {@code bench:publication [WARMUP [COUNT]]}: runs an experiment of one round trip again and again, and times each. */
@Component(
    service = PublicationCommand.class,
    property = {"osgi.command.scope=bench", "osgi.command.function=publication"})
public final class PublicationCommand {
  private static final int WARMUP = 30;
  private static final int COUNT = 50;
  private static final int MOST = 10_000;
  private static final int ATTEMPTS = 200;
  private static final long PAUSE_MS = 10;

  private final MletRunner runner;

  /** Made by the component runtime. */
  @Activate
  public PublicationCommand(@Reference MletRunner runner) {
    this.runner = runner;
  }

  /**
   * Runs and prints two lines: microseconds from the broker's acceptance of the publication to the first row of the mlet, and from the beginning of the run to
   * that row; each as {@code NAME COUNT P50 P90 P99 MAX}.
   */
  public void publication(String... words) throws Exception {
    int warmup = words.length > 0 ? number(words[0], 0) : WARMUP;
    int count = words.length > 1 ? number(words[1], 1) : COUNT;
    for (int i = 0; i < warmup; i++) {
      once();
    }
    long[] accepted = new long[count];
    long[] whole = new long[count];
    for (int i = 0; i < count; i++) {
      Times times = once();
      accepted[i] = times.firstRow - times.published;
      whole[i] = times.firstRow - times.begun;
    }
    print("accepted", new Distribution(accepted), count);
    print("begun", new Distribution(whole), count);
  }

  private static int number(String word, int least) {
    try {
      int number = Integer.parseInt(word);
      if (number >= least && number <= MOST) {
        return number;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw new IllegalArgumentException("usage: bench:publication [WARMUP [COUNT]], at most " + MOST + " each");
  }

  private Times once() throws RunRefusedException, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      Times times = new Times();
      try {
        return once(times);
      } catch (RunRefusedException e) {
        // The port of the run before may still be about to be closed.
        if (attempt == ATTEMPTS) {
          throw e;
        }
        Thread.sleep(PAUSE_MS);
      }
    }
  }

  private Times once(Times times) throws RunRefusedException, InterruptedException {
    RunRequest request =
        new RunRequest("bench-rtt", List.of("--count", "1", "--warmup", "0"), 1, null, null, null, "jsonl", false, times);
    Outcome outcome = runner.run(request, times);
    if (outcome.completed() != 1 || times.firstRow == 0) {
      throw new IllegalStateException("an experiment did not complete: " + times.said);
    }
    if (times.published == 0) {
      times.published = times.begun; // the endpoint was faster than the broker's answer; take what is on the safe side
    }
    return times;
  }

  private static void print(String name, Distribution times, int count) {
    System.out.println(
        name + " " + count + " " + times.micros(0.5) + " " + times.micros(0.9) + " " + times.micros(0.99) + " " + times.micros(1));
  }

  /** Takes the times of one run. */
  private static final class Times extends OutputStream implements RunListener {
    private final long begun = System.nanoTime();
    private volatile long published;
    private volatile long firstRow;
    private volatile String said = "";

    @Override
    public void onNotice(String line) {
      if (line.equals("published")) {
        published = System.nanoTime();
      }
      said = line;
    }

    @Override
    public void onRefused(String peer, String reason) {
      said = peer + " " + reason;
    }

    @Override
    public void write(int octet) {
      if (firstRow == 0) {
        firstRow = System.nanoTime();
      }
    }

    @Override
    public void write(byte[] octets, int offset, int length) {
      if (length > 0) {
        write(0);
      }
    }
  }
}
