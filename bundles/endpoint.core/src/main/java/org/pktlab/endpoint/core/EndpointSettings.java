package org.pktlab.endpoint.core;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.pktlab.cert.Certificate;
import org.pktlab.cert.CertificateRefusedException;
import org.pktlab.cert.CredentialException;
import org.pktlab.cert.CredentialFiles;
import org.pktlab.cert.Credentials;
import org.pktlab.cert.Ed25519PrivateKey;
import org.pktlab.cert.Ed25519PublicKey;
import org.pktlab.cert.PassphraseSource;
import org.pktlab.protocol.MemoryMap;
import org.pktlab.rendezvous.Address;
import org.pktlab.rendezvous.Channel;
import org.pktlab.rendezvous.Channels;
import org.pktlab.rendezvous.EndpointAttributes;
import org.pktlab.rendezvous.RendezvousException;
import org.pktlab.rendezvous.SniKey;

/**
 * The endpoint's configuration, checked and loaded: files are read, nothing is resolved yet.
 *
 * @param exported what it tells about its host
 * @param bufferLimit octets
 * @param protocols kinds of socket offered, as in {@link MemoryMap#PROTOCOLS}
 * @param key the endpoint's private key
 * @param controllerChain shown to controllers, leaf first, DER
 * @param operators trusted operators; empty means any
 * @param subscription how to subscribe; null with {@code NoSubMode 1}
 * @param direct the one controller to serve; null unless {@code NoSubMode 1}
 * @param maxExperiments experiments at the same time
 * @param sendRate limit on sending, or null
 * @param told which facts about its host experiments may know
 * @param mayConsume whether experiments may hide packets that they capture from the host
 */
record EndpointSettings(
    ExportedHost exported,
    long bufferLimit,
    int protocols,
    Ed25519PrivateKey key,
    List<byte[]> controllerChain,
    List<Ed25519PublicKey> operators,
    SubscriptionSettings subscription,
    DirectSettings direct,
    int maxExperiments,
    SessionHost.RateLimit sendRate,
    Set<HostFacts.Item> told,
    boolean mayConsume) {

  /**
   * How to subscribe at the broker.
   *
   * @param broker its address
   * @param agentChain shown to it, DER
   * @param roots its certificate's trusted signers
   * @param representation the chain sent in {@code xcert}, leaf first, DER
   * @param channels to subscribe to
   * @param operatorKey of the operator at the end of the chain
   * @param attributes sent with {@code xsub}
   */
  record SubscriptionSettings(
      Address broker,
      List<byte[]> agentChain,
      List<Ed25519PublicKey> roots,
      List<byte[]> representation,
      List<Channel> channels,
      Ed25519PublicKey operatorKey,
      EndpointAttributes attributes) {}

  /**
   * The one controller of an endpoint without broker.
   *
   * @param controller its address
   * @param sniKey sent to it, or null
   */
  record DirectSettings(Address controller, SniKey sniKey) {}

  static EndpointSettings load(EndpointConfiguration configured, CredentialFiles files, PassphraseSource passphrases) throws SettingsException {
    boolean direct = flag("NoSubMode", configured.NoSubMode());
    Ed25519PrivateKey key = privateKey(configured.EndpointPrivKey(), files, passphrases);
    List<Ed25519PublicKey> operators = publicKeys("EndpointOpPubKeyPath", configured.EndpointOpPubKeyPath(), files);
    if (configured.BufMax() < 1) {
      throw wrong("BufMax", configured.BufMax(), "a positive number of octets");
    }
    if (configured.MaxConcurrentExperiments() < 1) {
      throw wrong("MaxConcurrentExperiments", configured.MaxConcurrentExperiments(), "a positive number");
    }
    return new EndpointSettings(
        exported(configured),
        configured.BufMax(),
        protocols(String.join(",", configured.TransprotoSup())),
        key,
        chain("ControllerCertChainPath", configured.ControllerCertChainPath(), key, files),
        operators,
        direct ? null : subscription(configured, key, operators, files),
        direct ? direct(configured) : null,
        configured.MaxConcurrentExperiments(),
        rate(configured.SendRateLimit()),
        told(configured.TellFacts()),
        flag("AllowConsume", configured.AllowConsume()));
  }

  private static SubscriptionSettings subscription(
      EndpointConfiguration configured, Ed25519PrivateKey key, List<Ed25519PublicKey> operators, CredentialFiles files) throws SettingsException {
    List<Certificate> representation = certificates("SubPrivCertChainPath", configured.SubPrivCertChainPath(), files);
    representation = swapped("SubPrivCertChainPath", key, representation);
    List<Channel> own = new ArrayList<>();
    for (int i = representation.size() - 1; i >= 0; i--) {
      own.add(channel(representation.get(i).authorityKeyId().octets()));
    }
    Certificate last = representation.get(representation.size() - 1);
    Ed25519PublicKey operator = null;
    for (Ed25519PublicKey candidate : operators) {
      if (candidate.keyId().equals(last.authorityKeyId())) {
        operator = candidate;
      }
    }
    if (operator == null) {
      throw new SettingsException(
          "EndpointOpPubKeyPath: none of its keys signed the last certificate of SubPrivCertChainPath (key id " + last.authorityKeyId() + ")");
    }
    List<Ed25519PublicKey> roots = publicKeys("BrokerChainRootPath", configured.BrokerChainRootPath(), files);
    if (roots.isEmpty()) {
      throw wrong("BrokerChainRootPath", "", "at least one public key file, unless NoSubMode is 1");
    }
    try {
      List<Optional<Channel>> items = Channels.parseConfigured(configured.BrokerChannel());
      if (items.stream().anyMatch(Optional::isEmpty) && !flag("AutoExtractChannel", configured.AutoExtractChannel())) {
        throw new SettingsException("BrokerChannel has an empty item, which needs AutoExtractChannel 1");
      }
      return new SubscriptionSettings(
          address("BrokerAddr", configured.BrokerAddr(), Address.SUBSCRIPTION_PORT),
          chain("EndpointAgentCertPath", configured.EndpointAgentCertPath(), key, files),
          roots,
          representation.stream().map(Certificate::der).toList(),
          Channels.resolve(items, own),
          operator,
          EndpointAttributes.parse(configured.EndpointAttr()));
    } catch (RendezvousException e) {
      throw new SettingsException("BrokerChannel or EndpointAttr: " + e.getMessage());
    }
  }

  private static DirectSettings direct(EndpointConfiguration configured) throws SettingsException {
    try {
      String sni = configured.NoSubModeSNIKey();
      return new DirectSettings(
          address("NoSubModeAddr", configured.NoSubModeAddr(), Address.EXPERIMENT_PORT), sni.isEmpty() ? null : SniKey.parse(sni));
    } catch (RendezvousException e) {
      throw wrong("NoSubModeSNIKey", configured.NoSubModeSNIKey(), "1 to 63 of a-z and 0-9");
    }
  }

  private static Channel channel(byte[] octets) throws SettingsException {
    try {
      return Channel.of(octets);
    } catch (RendezvousException e) {
      throw new SettingsException("SubPrivCertChainPath: " + e.getMessage());
    }
  }

  private static Ed25519PrivateKey privateKey(String file, CredentialFiles files, PassphraseSource passphrases) throws SettingsException {
    if (file.isEmpty()) {
      throw wrong("EndpointPrivKey", "", "the file of the endpoint's private key");
    }
    try {
      return files.readPrivateKey(Path.of(file), passphrases);
    } catch (CredentialException e) {
      throw new SettingsException("EndpointPrivKey: " + e.getMessage());
    }
  }

  private static List<byte[]> chain(String directive, String list, Ed25519PrivateKey key, CredentialFiles files) throws SettingsException {
    return swapped(directive, key, certificates(directive, list, files)).stream().map(Certificate::der).toList();
  }

  private static List<Certificate> swapped(String directive, Ed25519PrivateKey key, List<Certificate> certificates) throws SettingsException {
    try {
      return Credentials.ordered(key, certificates).certificates();
    } catch (CredentialException e) {
      throw new SettingsException(directive + ": " + e.getMessage() + " (EndpointPrivKey)");
    }
  }

  private static List<Certificate> certificates(String directive, String list, CredentialFiles files) throws SettingsException {
    List<Certificate> certificates = new ArrayList<>();
    for (String file : items(list)) {
      try {
        certificates.add(files.readCertificate(Path.of(file)));
      } catch (CredentialException | CertificateRefusedException e) {
        throw new SettingsException(directive + ": " + file + ": " + e.getMessage());
      }
    }
    if (certificates.isEmpty()) {
      throw wrong(directive, list, "at least one certificate file");
    }
    return certificates;
  }

  private static List<Ed25519PublicKey> publicKeys(String directive, String list, CredentialFiles files) throws SettingsException {
    List<Ed25519PublicKey> keys = new ArrayList<>();
    for (String file : items(list)) {
      try {
        keys.add(files.readPublicKey(Path.of(file)));
      } catch (CredentialException e) {
        throw new SettingsException(directive + ": " + e.getMessage());
      }
    }
    return keys;
  }

  private static ExportedHost exported(EndpointConfiguration configured) throws SettingsException {
    List<ExportedHost.Prefix> ipv4 = new ArrayList<>();
    for (String item : items(configured.VMemLocalAddrStrIPv4())) {
      ipv4.addAll(ipv4(item));
    }
    List<InetAddress> ipv6 = new ArrayList<>();
    for (String item : items(configured.VMemLocalAddrStrIPv6())) {
      ipv6.addAll(ipv6(item));
    }
    if (ipv4.isEmpty() && ipv6.isEmpty()) {
      throw new SettingsException("VMemLocalAddrStrIPv4 or VMemLocalAddrStrIPv6 must name at least one address or interface");
    }
    List<InetAddress> resolvers4 = addresses("VMemLocalDNSAddrStrIPv4", configured.VMemLocalDNSAddrStrIPv4(), 4);
    List<InetAddress> resolvers6 = addresses("VMemLocalDNSAddrStrIPv6", configured.VMemLocalDNSAddrStrIPv6(), 16);
    atMost("VMemLocalAddrStrIPv4", ipv4, MemoryMap.IPV4_LIST_ENTRIES);
    atMost("VMemLocalAddrStrIPv6", ipv6, MemoryMap.IPV6_LIST_ENTRIES);
    atMost("VMemLocalDNSAddrStrIPv4", resolvers4, MemoryMap.RESOLVER_ENTRIES);
    atMost("VMemLocalDNSAddrStrIPv6", resolvers6, MemoryMap.RESOLVER_ENTRIES);
    String hostId = configured.HostID();
    if (hostId.getBytes(StandardCharsets.UTF_8).length >= MemoryMap.HOST_ID_LENGTH) {
      throw wrong("HostID", hostId, "at most 255 octets");
    }
    return new ExportedHost(ipv4, ipv6, resolvers4, resolvers6, hostId);
  }

  private static List<ExportedHost.Prefix> ipv4(String item) throws SettingsException {
    int slash = item.indexOf('/');
    if (slash > 0) {
      InetAddress address = literal(item.substring(0, slash));
      String length = item.substring(slash + 1);
      if (address instanceof Inet4Address && length.matches("[0-9]{1,2}") && Integer.parseInt(length) <= 32) {
        return List.of(new ExportedHost.Prefix(address, Integer.parseInt(length)));
      }
      throw wrong("VMemLocalAddrStrIPv4", item, "A.B.C.D/LEN or the name of an interface");
    }
    List<ExportedHost.Prefix> found = new ArrayList<>();
    for (InterfaceAddress address : ofInterface("VMemLocalAddrStrIPv4", item)) {
      if (address.getAddress() instanceof Inet4Address) {
        found.add(new ExportedHost.Prefix(address.getAddress(), address.getNetworkPrefixLength()));
      }
    }
    return found;
  }

  private static List<InetAddress> ipv6(String item) throws SettingsException {
    if (item.indexOf(':') >= 0) {
      return addresses("VMemLocalAddrStrIPv6", item, 16);
    }
    List<InetAddress> found = new ArrayList<>();
    for (InterfaceAddress address : ofInterface("VMemLocalAddrStrIPv6", item)) {
      if (address.getAddress() instanceof Inet6Address && !address.getAddress().isLinkLocalAddress()) {
        found.add(address.getAddress());
      }
    }
    return found;
  }

  private static List<InterfaceAddress> ofInterface(String directive, String name) throws SettingsException {
    try {
      NetworkInterface found = NetworkInterface.getByName(name);
      if (found != null) {
        return found.getInterfaceAddresses();
      }
    } catch (SocketException e) {
      throw new SettingsException(directive + ": interface " + name + " cannot be read: " + e.getMessage());
    }
    throw wrong(directive, name, "an address, or the name of an interface of this host");
  }

  private static List<InetAddress> addresses(String directive, String list, int length) throws SettingsException {
    List<InetAddress> addresses = new ArrayList<>();
    for (String item : items(list)) {
      InetAddress address = literal(item);
      if (address == null || address.getAddress().length != length) {
        throw wrong(directive, item, length == 4 ? "an IPv4 address" : "an IPv6 address");
      }
      addresses.add(address);
    }
    return addresses;
  }

  private static InetAddress literal(String text) {
    // getByName would ask a resolver for anything that is not of the shape of an address.
    if (!text.matches("[0-9]{1,3}([.][0-9]{1,3}){3}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*")) {
      return null;
    }
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      return null;
    }
  }

  private static int protocols(String list) throws SettingsException {
    int bits = 0;
    for (String item : items(list)) {
      switch (item.toLowerCase(Locale.ROOT)) {
        case "tcp" -> bits |= MemoryMap.PROTOCOL_TCP;
        case "udp" -> bits |= MemoryMap.PROTOCOL_UDP;
        case "raw" -> bits |= MemoryMap.PROTOCOL_RAW;
        default -> {} // ignored, as the reference does
      }
    }
    if (bits == 0) {
      throw wrong("TransprotoSup", list, "at least one of tcp, udp, raw");
    }
    return bits;
  }

  private static SessionHost.RateLimit rate(String text) throws SettingsException {
    if (text.equals("none")) {
      return null;
    }
    if (text.matches("[1-9][0-9]{0,17}/[1-9][0-9]{0,17}")) {
      int slash = text.indexOf('/');
      return new SessionHost.RateLimit(Long.parseLong(text.substring(0, slash)), Long.parseLong(text.substring(slash + 1)));
    }
    throw wrong("SendRateLimit", text, "OCTETS/NANOSECONDS, such as 12500000/10000000000, or none");
  }

  private static Set<HostFacts.Item> told(String list) throws SettingsException {
    Set<HostFacts.Item> told = EnumSet.noneOf(HostFacts.Item.class);
    for (String word : items(list)) {
      HostFacts.Item item = Stream.of(HostFacts.Item.values()).filter(each -> each.word().equals(word)).findFirst().orElse(null);
      if (item == null) {
        throw wrong("TellFacts", word, "any of " + Stream.of(HostFacts.Item.values()).map(HostFacts.Item::word).collect(Collectors.joining(", ")));
      }
      told.add(item);
    }
    return told;
  }

  private static Address address(String directive, String text, int port) throws SettingsException {
    try {
      return Address.parse(text, port);
    } catch (RendezvousException e) {
      throw wrong(directive, text, "HOST or HOST:PORT (" + e.reason() + ")");
    }
  }

  private static boolean flag(String directive, String text) throws SettingsException {
    if (!text.equals("0") && !text.equals("1")) {
      throw wrong(directive, text, "0 or 1");
    }
    return text.equals("1");
  }

  private static List<String> items(String list) {
    return list.isEmpty() ? List.of() : List.of(list.split(",", -1)).stream().filter(item -> !item.isEmpty()).toList();
  }

  private static void atMost(String directive, List<?> list, int most) throws SettingsException {
    if (list.size() > most) {
      throw new SettingsException(directive + " names " + list.size() + " addresses; at most " + most + " can be exported");
    }
  }

  private static SettingsException wrong(String directive, Object value, String expected) {
    return new SettingsException(directive + " is '" + value + "'; expected " + expected);
  }
}
