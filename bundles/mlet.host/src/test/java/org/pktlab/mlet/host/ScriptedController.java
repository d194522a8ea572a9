package org.pktlab.mlet.host;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.pktlab.controller.Controller;
import org.pktlab.controller.EndpointSession;
import org.pktlab.controller.Experiment;
import org.pktlab.controller.ExperimentListener;
import org.pktlab.controller.ExperimentRefusedException;
import org.pktlab.controller.ExperimentRequest;

/** A controller whose endpoints are scripted; all of them connect at once, on their links' loops. */
final class ScriptedController implements Controller {
  private final List<ScriptedEndpoint> endpoints = new ArrayList<>();
  private final List<ScriptedLink> links = new ArrayList<>();
  private volatile ExperimentRequest request;
  private volatile String refusal;
  private volatile Consumer<ScriptedController> afterSessions = c -> {};

  ScriptedController with(ScriptedEndpoint... more) {
    endpoints.addAll(List.of(more));
    return this;
  }

  ScriptedController refusing(String why) {
    refusal = why;
    return this;
  }

  ScriptedController then(Consumer<ScriptedController> task) {
    afterSessions = task;
    return this;
  }

  ExperimentRequest request() {
    return request;
  }

  List<ScriptedLink> links() {
    return links;
  }

  @Override
  public Experiment start(ExperimentRequest asked, ExperimentListener listener) throws ExperimentRefusedException {
    if (refusal != null) {
      throw new ExperimentRefusedException(refusal);
    }
    request = asked;
    CountDownLatch begun = new CountDownLatch(endpoints.size());
    for (ScriptedEndpoint endpoint : endpoints) {
      ScriptedLink link = new ScriptedLink(endpoint);
      links.add(link);
      long number = links.size();
      link.loop()
          .execute(
              () -> {
                link.handler(listener.onSession(new EndpointSession(number, link, "key" + number, Instant.EPOCH)));
                begun.countDown();
              });
    }
    Thread ending =
        new Thread(
            () -> {
              try {
                begun.await();
                afterSessions.accept(this);
                while (!links.stream().allMatch(ScriptedLink::isEnded)) {
                  Thread.sleep(1);
                }
                listener.onEnded("all sessions have ended");
                links.forEach(ScriptedLink::shutdown);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    ending.setDaemon(true);
    ending.start();
    return new Running();
  }

  private final class Running implements Experiment {
    private final AtomicBoolean stopped = new AtomicBoolean();

    @Override
    public long id() {
      return 42;
    }

    @Override
    public List<String> descriptors() {
      return List.of();
    }

    @Override
    public String listenAddress() {
      return "127.0.0.1:20556";
    }

    @Override
    public void stop() {
      stopped.set(true);
    }

    @Override
    public void abort() {
      links.forEach(ScriptedLink::abort);
    }
  }
}
