package org.pktlab.endpoint.core;

import java.lang.annotation.Annotation;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.pktlab.cert.Ed25519PrivateKey;
import org.pktlab.cert.Ed25519PublicKey;
import org.pktlab.link.Links;
import org.pktlab.protocol.MemoryMap;
import org.pktlab.rendezvous.Descriptor;
import org.pktlab.role.RefusalLog;
import org.pktlab.transport.udp.UdpSettings;
import org.pktlab.transport.udp.UdpTransport;

/** The endpoint's own pool and sessions with the UDP transport, for a controller to meet. */
public final class TestVantage implements AutoCloseable {
  private final ScheduledExecutorService conductor = Executors.newSingleThreadScheduledExecutor();
  private final RefusalLog refusals = new RefusalLog();
  private final BufferAccount buffer = new BufferAccount(8_388_608);
  private final ExperimentPool pool;

  public TestVantage(Links links, Ed25519PrivateKey key, List<byte[]> chain, List<Ed25519PublicKey> operators) {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    ExportedHost host = new ExportedHost(List.of(new ExportedHost.Prefix(loopback, 8)), List.of(), List.of(), List.of(), "meeting");
    Transports transports = new Transports(MemoryMap.PROTOCOL_UDP);
    transports.add(
        new UdpTransport(
            new UdpSettings() {
              @Override
              public int kernelBufferOctets() {
                return 1_000_000;
              }

              @Override
              public Class<? extends Annotation> annotationType() {
                return UdpSettings.class;
              }
            }),
        0);
    EndpointSettings settings = new EndpointSettings(host, buffer.limit(), MemoryMap.PROTOCOL_UDP, key, chain, operators, null, null, 1, null, Set.of(), false);
    LoopTimer timer = new LoopTimer();
    pool =
        new ExperimentPool(
            links,
            conductor,
            settings,
            new SessionHost(
                host,
                new HostFacts(Set.of(), host, Path.of("/")),
                buffer,
                transports,
                () -> timer,
                () -> null,
                EndpointRole::epochNs,
                null,
                false,
                SessionHost.SETUP_NS,
                refusals),
            () -> {});
  }

  /** Takes a descriptor as from a broker. */
  public void offer(Descriptor descriptor) {
    conductor.execute(() -> pool.offer(descriptor));
  }

  public long completed() {
    return pool.completed();
  }

  public long bufferUsed() {
    return buffer.used();
  }

  /** Reasons of refusals, newest first. */
  public List<String> refusals() {
    return refusals.latest().stream().map(refusal -> refusal.what() + ": " + refusal.reason()).toList();
  }

  @Override
  public void close() {
    try {
      conductor.submit(pool::stop).get(5, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError(e);
    }
    conductor.shutdown();
  }
}
