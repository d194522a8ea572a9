package org.pktlab.filter.ebpf;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.osgi.service.component.annotations.Component;
import org.pktlab.filter.Dialect;
import org.pktlab.filter.Filter;
import org.pktlab.filter.FilterEngine;
import org.pktlab.filter.FilterRejectedException;
import org.pktlab.program.EbpfProgram;

/**
 * Makes a class of each program, which the JVM compiles like any other. The class is hidden: it is gone when its filter is. A program whose method would be longer than
 * the JVM compiles is interpreted.
 */
@Component(property = "service.ranking:Integer=100")
public final class Compiler implements FilterEngine {
  /** The JVM leaves methods of more octets than this to its own interpreter, which is slower than ours. */
  static final int LONGEST_METHOD = 8_000;

  /** No program of more instructions fits: each takes some octets. */
  private static final int MOST_INSTRUCTIONS = 2_000;

  @Override
  public String name() {
    return "compiler";
  }

  @Override
  public Filter load(EbpfProgram program, Dialect dialect) throws FilterRejectedException {
    Code code = Checks.check(program, dialect);
    byte[] octets = code.size > MOST_INSTRUCTIONS ? null : new FilterClass(code, dialect).octets(LONGEST_METHOD);
    if (octets == null) {
      return new InterpretedFilter(code, dialect);
    }
    try {
      MethodHandles.Lookup made = MethodHandles.lookup().defineHiddenClass(octets, true);
      MethodHandle constructor = made.findConstructor(made.lookupClass(), MethodType.methodType(void.class, Code.class, Dialect.class));
      return (MachineFilter) constructor.asType(MethodType.methodType(MachineFilter.class, Code.class, Dialect.class)).invokeExact(code, dialect);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("the class of a program that was checked cannot be made", e);
    }
  }
}
