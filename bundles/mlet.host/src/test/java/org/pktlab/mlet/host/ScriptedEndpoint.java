package org.pktlab.mlet.host;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.pktlab.protocol.MemoryMap;
import org.pktlab.protocol.Message;
import org.pktlab.protocol.MessageCodec;
import org.pktlab.protocol.Mdata;
import org.pktlab.protocol.Mread;
import org.pktlab.protocol.Mwrite;
import org.pktlab.protocol.Nclose;
import org.pktlab.protocol.Ndata;
import org.pktlab.protocol.Nopen;
import org.pktlab.protocol.Nsend;
import org.pktlab.protocol.Nstat;
import org.pktlab.protocol.Ntag;
import org.pktlab.protocol.ProtocolException;
import org.pktlab.protocol.Request;
import org.pktlab.protocol.Result;
import org.pktlab.protocol.SocketState;

/**
 * An endpoint that answers in memory, as the specification wants it, unless a script says otherwise. Time begins at {@link #EPOCH} and
 * moves by one microsecond with each request.
 */
final class ScriptedEndpoint {
  static final long EPOCH = 1_700_000_000_000_000_000L;

  /** What the endpoint does with a request instead of the usual; empty answers nothing. */
  interface Script {
    List<Message> on(Request request);
  }

  private record Rule(Predicate<Request> when, Script script) {}

  private final List<Rule> rules = new CopyOnWriteArrayList<>();
  private final List<Request> seen = new ArrayList<>();
  private volatile int count;
  private final Map<Integer, byte[]> memory = new HashMap<>();
  private final Map<Integer, Byte> states = new HashMap<>();
  private ScriptedLink link;
  private long now = EPOCH;
  private boolean tagging = true;
  private boolean announcing = true;

  void attach(ScriptedLink to) {
    link = to;
    store(MemoryMap.BUFFER_LIMIT, ByteBuffer.allocate(4).putInt(8 << 20).array());
  }

  /** The newest rule that fits decides. */
  synchronized ScriptedEndpoint when(Predicate<Request> request, Script script) {
    rules.add(0, new Rule(request, script));
    return this;
  }

  /** Sends leave, but no ntag tells. */
  synchronized void withoutTags() {
    tagging = false;
  }

  /** TCP connections are not announced by nstat and stay in the state that {@link #state} sets. */
  synchronized void withoutAnnouncing() {
    announcing = false;
  }

  synchronized void state(int sktid, byte state) {
    states.put(sktid, state);
  }

  synchronized void store(int address, byte[] octets) {
    memory.put(address, octets);
  }

  /** Requests so far. */
  synchronized List<Request> seen() {
    return new ArrayList<>(seen);
  }

  /** How many. */
  int count() {
    return count;
  }

  synchronized <T extends Request> List<T> seen(Class<T> type) {
    return seen.stream().filter(type::isInstance).map(type::cast).toList();
  }

  /** Sends messages unasked. */
  void say(Message... messages) {
    for (Message message : messages) {
      link.arrive(MessageCodec.encode(message).array());
    }
  }

  synchronized void receive(byte[] frame) {
    Request request;
    try {
      request = (Request) MessageCodec.decode(ByteBuffer.wrap(frame), 0, frame.length);
    } catch (ProtocolException e) {
      throw new AssertionError("the controller sent a malformed frame", e);
    }
    seen.add(request);
    count = seen.size();
    now += 1_000;
    for (Rule rule : rules) {
      if (rule.when().test(request)) {
        say(rule.script().on(request).toArray(new Message[0]));
        return;
      }
    }
    say(usual(request).toArray(new Message[0]));
  }

  /** What an endpoint does when nothing is special. */
  synchronized List<Message> usual(Request request) {
    if (request instanceof Mread read) {
      return List.of(new Mdata(read.addr(), read(read)));
    }
    if (request instanceof Nopen open) {
      boolean tcp = open.isConnect();
      states.putIfAbsent(open.sktid(), tcp && announcing ? SocketState.OPEN : tcp ? SocketState.OPENING : SocketState.OPEN);
      return tcp && announcing
          ? List.of(Result.SUCCESS, Nstat.established(open.sktid(), open.family(), 6, now + 500, open.raddr(), open.rport()))
          : List.of(Result.SUCCESS);
    }
    if (request instanceof Nsend send && tagging) {
      return List.of(Result.SUCCESS, new Ntag(send.sktid(), send.tag(), now, 0));
    }
    if (request instanceof Nclose close) {
      states.remove(close.sktid());
    }
    return List.of(Result.SUCCESS);
  }

  private byte[] read(Mread read) {
    byte[] octets = new byte[read.length()];
    int from = (int) read.addr();
    for (Map.Entry<Integer, byte[]> entry : memory.entrySet()) {
      for (int i = 0; i < entry.getValue().length; i++) {
        int at = entry.getKey() + i - from;
        if (at >= 0 && at < octets.length) {
          octets[at] = entry.getValue()[i];
        }
      }
    }
    if (from == MemoryMap.CLOCK && octets.length >= 8) {
      ByteBuffer.wrap(octets).putLong(now);
    }
    int inBlock = from - MemoryMap.SOCKET_BASE;
    if (inBlock >= 0 && inBlock % MemoryMap.SOCKET_STRIDE == MemoryMap.OFFSET_STATE) {
      octets[0] = states.getOrDefault(inBlock / MemoryMap.SOCKET_STRIDE, SocketState.FREE);
    }
    return octets;
  }

  static Ndata tcpData(int sktid, long timeNs, byte[] data) {
    return new Ndata(sktid, 4, 6, timeNs, null, 0, data);
  }

  static Ndata udpData(int sktid, long timeNs, byte[] from, int port, byte[] data) {
    return new Ndata(sktid, 4, 17, timeNs, from, port, data);
  }

  static Nstat stat(int sktid, int code) {
    return Nstat.of(sktid, 4, 6, EPOCH, code);
  }

  static boolean isAllowance(Request request, int octets) {
    return request instanceof Mwrite write
        && write.addr() % MemoryMap.SOCKET_STRIDE == MemoryMap.OFFSET_RBUFSZ
        && write.data().length == 4
        && ByteBuffer.wrap(write.data()).getInt() == octets;
  }
}
