package org.pktlab.link.netty;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;

/**
 * Makes TLS engines that keep the rules of the trust specification, section 10. Every connection has a context of its own, so nothing is
 * ever resumed and the judge of one peer never meets another.
 */
final class TlsEngines {
  /** The application protocol by which two of our own programs agree that frames may share a record. */
  static final String COALESCE = "pktlab-coalesce/1";

  private static final String[] PROTOCOLS = {"TLSv1.3"};

  /** The order in which a client of ours offers the suites: the fastest on this platform first. A server follows its client. */
  private static final String[] SUITES = {"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"};

  /** Beyond seven days, the longest life that TLS allows a ticket, the platform issues none at all and keeps none it is given. */
  private static final int NO_TICKETS_SECONDS = 8 * 24 * 3600;

  private static final SecureRandom RANDOM = new SecureRandom();

  private TlsEngines() {}

  /**
   * Raises what the platform takes of a peer's certificates: 64 of them, and 100 KiB, where it otherwise takes 8 to 10 and 32 KiB. More
   * than 32 are refused by the verifier, whose refusals become alert 46; the platform's own would be others. Properties that are set
   * already stay. The platform reads them once, when the first TLS engine of the process is made; a program in which something else may
   * come first sets them on its command line.
   */
  static void raiseChainLimits() {
    setIfAbsent("jdk.tls.maxCertificateChainLength", "64");
    setIfAbsent("jdk.tls.server.maxInboundCertificateChainLength", "64");
    setIfAbsent("jdk.tls.client.maxInboundCertificateChainLength", "64");
    setIfAbsent("jdk.tls.maxHandshakeMessageSize", "102400");
  }

  private static void setIfAbsent(String name, String value) {
    if (System.getProperty(name) == null) {
      System.setProperty(name, value);
    }
  }

  static SSLEngine client(LocalIdentity identity, PeerJudge judge, String sniKey) throws GeneralSecurityException {
    SSLContext context = context(identity, judge);
    context.getClientSessionContext().setSessionTimeout(NO_TICKETS_SECONDS);
    SSLEngine engine = context.createSSLEngine();
    engine.setUseClientMode(true);
    SSLParameters parameters = parameters();
    parameters.setServerNames(sniKey == null ? List.<SNIServerName>of() : List.of(new SNIHostName(sniKey)));
    parameters.setApplicationProtocols(new String[] {COALESCE});
    engine.setSSLParameters(parameters);
    return engine;
  }

  static SSLEngine server(LocalIdentity identity, PeerJudge judge, boolean clientRequired) throws GeneralSecurityException {
    SSLContext context = context(identity, judge);
    context.getServerSessionContext().setSessionTimeout(NO_TICKETS_SECONDS);
    SSLEngine engine = context.createSSLEngine();
    engine.setUseClientMode(false);
    SSLParameters parameters = parameters();
    parameters.setUseCipherSuitesOrder(false);
    if (clientRequired) {
      parameters.setNeedClientAuth(true);
    } else {
      parameters.setWantClientAuth(true);
    }
    engine.setSSLParameters(parameters);
    // An empty answer leaves the extension out, so that a client which only offers other protocols is served as one without any.
    engine.setHandshakeApplicationProtocolSelector((e, offered) -> offered.contains(COALESCE) ? COALESCE : "");
    return engine;
  }

  private static SSLContext context(LocalIdentity identity, PeerJudge judge) throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLSv1.3");
    context.init(new KeyManager[] {identity}, new TrustManager[] {judge}, RANDOM);
    return context;
  }

  private static SSLParameters parameters() {
    SSLParameters parameters = new SSLParameters(SUITES, PROTOCOLS);
    parameters.setEndpointIdentificationAlgorithm(null);
    return parameters;
  }
}
