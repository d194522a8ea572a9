package org.pktlab.filter.ebpf;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.pktlab.filter.FilterRejectedException;
import org.pktlab.filter.FilterRejectedException.Category;

/**
 * Follows what registers hold along the paths of a program, as Linux does before it loads one. Its verdict is about what other machines would take; runs check every
 * access again.
 *
 * <p>A program without loops is first looked at once, instruction by instruction, where paths that meet are taken together: linear in its length. What that cannot
 * show, and every loop, is followed path by path, within bounds; a path is left where an earlier one has covered all that it could do.
 */
final class LinuxVerifier {
  /** Most instructions that are looked at over all paths. */
  private static final int MOST_STEPS = 300_000;

  /** Most jumps on one path, so most turns of a loop. */
  private static final int MOST_JUMPS = 8_192;

  /** Most states that are kept to compare with. */
  private static final int MOST_MARKS = 20_000;

  private static final int MOST_MARKS_AT_ONE_PLACE = 64;

  /** A state that a path was in, and how many paths from it are not at their end. */
  private static final class Mark {
    final Knowledge knowledge;
    final Mark before;
    int open = 1;

    Mark(Knowledge knowledge, Mark before) {
      this.knowledge = knowledge;
      this.before = before;
    }
  }

  /** A path that is to be followed from an instruction on. */
  private static final class Path {
    final Knowledge knowledge;
    final int at;
    final int jumps;
    final Mark mark;

    Path(Knowledge knowledge, int at, int jumps, Mark mark) {
      this.knowledge = knowledge;
      this.at = at;
      this.jumps = jumps;
      this.mark = mark;
    }
  }

  private final Code code;
  private final boolean[] isTarget;
  private final int[] live;
  private final List<List<Mark>> marks;
  private final ArrayDeque<Path> paths = new ArrayDeque<>();
  private int steps;
  private int kept;

  private LinuxVerifier(Code code) {
    this.code = code;
    isTarget = new boolean[code.size];
    marks = new ArrayList<>(code.size);
    for (int i = 0; i < code.size; i++) {
      marks.add(null);
    }
    for (int i = 0; i < code.size; i = code.next(i)) {
      if (code.isJump(i)) {
        isTarget[code.target(i)] = true;
      }
    }
    live = Liveness.of(code);
  }

  /**
   * Judges a program.
   *
   * @throws FilterRejectedException with the first instruction that Linux would not take
   */
  static void check(Code code) throws FilterRejectedException {
    LinuxShape.check(code);
    if (!code.hasLoop() && isSoundAtOnce(code)) {
      return;
    }
    new LinuxVerifier(code).follow();
  }

  /** Whether a program without loops is right even where paths that meet are taken together. */
  private static boolean isSoundAtOnce(Code code) {
    Knowledge[] before = new Knowledge[code.size];
    before[0] = Knowledge.initial();
    try {
      for (int i = 0; i < code.size; i = code.next(i)) {
        Knowledge now = before[i];
        before[i] = null;
        if (now == null) {
          continue;
        }
        if (code.isExit(i)) {
          now.read(i, 0);
        } else if (!code.isJump(i)) {
          now.step(code, i);
          join(before, code.next(i), now);
        } else if (code.isAlways(i)) {
          join(before, code.target(i), now);
        } else {
          int decided = decide(code, i, now);
          if (decided != 0) {
            join(before, code.target(i), refined(code, i, now.copy(), true));
          }
          if (decided != 1) {
            join(before, i + 1, refined(code, i, now, false));
          }
        }
      }
      return true;
    } catch (FilterRejectedException e) {
      return false;
    }
  }

  private static void join(Knowledge[] before, int at, Knowledge now) {
    before[at] = before[at] == null ? now : before[at].or(now);
  }

  private void follow() throws FilterRejectedException {
    Mark start = new Mark(null, null);
    paths.push(new Path(Knowledge.initial(), 0, 0, start));
    while (!paths.isEmpty()) {
      follow(paths.pop());
    }
  }

  private void follow(Path path) throws FilterRejectedException {
    Knowledge now = path.knowledge;
    Mark mark = path.mark;
    int jumps = path.jumps;
    int i = path.at;
    while (true) {
      if (isTarget[i]) {
        List<Mark> here = marks.get(i);
        if (isCovered(i, here, now)) {
          close(mark);
          return;
        }
        mark = mark(i, here, now, mark);
      }
      if (++steps > MOST_STEPS) {
        throw new FilterRejectedException(Category.UNBOUNDED_LOOP, i, "the program has too many paths or turns of loops to look at");
      }
      if (code.isExit(i)) {
        now.read(i, 0);
        close(mark);
        return;
      }
      if (!code.isJump(i)) {
        now.step(code, i);
        i = code.next(i);
        continue;
      }
      if (++jumps > MOST_JUMPS) {
        throw new FilterRejectedException(Category.UNBOUNDED_LOOP, i, "a path of more than " + MOST_JUMPS + " jumps");
      }
      if (code.isAlways(i)) {
        i = code.target(i);
        continue;
      }
      int decided = decide(code, i, now);
      if (decided < 0) {
        mark.open++;
        paths.push(new Path(refined(code, i, now.copy(), true), code.target(i), jumps, mark));
        refined(code, i, now, false);
      }
      i = decided == 1 ? code.target(i) : i + 1;
    }
  }

  private boolean isCovered(int i, List<Mark> here, Knowledge now) throws FilterRejectedException {
    if (here == null) {
      return false;
    }
    for (Mark earlier : here) {
      if (earlier.knowledge.covers(now, live[i])) {
        if (earlier.open == 0) {
          return true;
        }
        if (now.covers(earlier.knowledge, live[i])) {
          throw new FilterRejectedException(Category.UNBOUNDED_LOOP, i, "a loop through here that nothing ends");
        }
      }
    }
    return false;
  }

  private Mark mark(int i, List<Mark> here, Knowledge now, Mark before) {
    if (kept >= MOST_MARKS || here != null && here.size() >= MOST_MARKS_AT_ONE_PLACE) {
      return before;
    }
    kept++;
    Mark mark = new Mark(now.copy(), before);
    if (here == null) {
      here = new ArrayList<>();
      marks.set(i, here);
    }
    here.add(mark);
    return mark;
  }

  /** A path is at its end, and with it the states that no other path is on. */
  private static void close(Mark mark) {
    while (mark != null && --mark.open == 0) {
      mark = mark.before;
    }
  }

  private static int decide(Code code, int i, Knowledge now) throws FilterRejectedException {
    Value a = now.read(i, code.dst[i]);
    Value b = now.operand(code, i);
    return Conditions.decide(Code.operation(code.opcode[i]), Code.kind(code.opcode[i]) == Code.JMP, a, b);
  }

  private static Knowledge refined(Code code, int i, Knowledge now, boolean taken) throws FilterRejectedException {
    int operation = Code.operation(code.opcode[i]);
    boolean wide = Code.kind(code.opcode[i]) == Code.JMP;
    operation = taken ? operation : Conditions.opposite(operation);
    if (operation == Code.JSET) {
      return now;
    }
    Value a = now.read(i, code.dst[i]);
    Value b = now.operand(code, i);
    now.registers[code.dst[i]] = Conditions.refine(operation, wide, a, b);
    if (Code.isRegister(code.opcode[i]) && code.src[i] != code.dst[i]) {
      now.registers[code.src[i]] = Conditions.refine(Conditions.mirrored(operation), wide, b, a);
    }
    return now;
  }
}
