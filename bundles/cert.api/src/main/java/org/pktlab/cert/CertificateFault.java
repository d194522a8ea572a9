package org.pktlab.cert;

/** Why a single certificate is refused, with the codes of packetlab-trust section 6. */
public enum CertificateFault {
  /** The octets are no X.509 certificate; there is no code for it. */
  UNLOADABLE(-1, false),
  /** The signature algorithm is not Ed25519. */
  BAD_SIGALG(2, false),
  /** The signature does not verify with the given key. */
  BAD_SIGNATURE(3, false),
  /** The version is not 3. */
  BAD_X509_VER(4, false),
  /** A unique identifier or a foreign extension is present, or there are no extensions. */
  USING_UNUSED_FIELD(5, false),
  /** {@code cert_type} is missing or unknown. */
  BAD_CERT_TYPE(6, false),
  /** The key usage is missing or does not suit the kind, or the extensions contradict each other. */
  BAD_KEYUSAGE(7, false),
  /** The serial number is zero. */
  BAD_SERIAL(8, false),
  /** A date cannot be read. */
  BAD_VALIDITY(9, false),
  /** The subject key is not an Ed25519 key. */
  BAD_SUBJ_PUBKEY(10, false),
  /** The authority key identifier is missing, critical or not 32 octets long. */
  BAD_AID(11, false),
  /** The subject key identifier is missing, critical or not that of the key. */
  BAD_SID(12, false),
  /** The basic constraints are missing, not critical or do not suit the kind. */
  BAD_BC(13, false),
  /** {@code cert_info} is missing, twice, not critical or malformed. */
  BAD_CERT_INFO(14, false),
  /** {@code cert_limit} is not allowed, twice, not critical or malformed, or a known limit is marked optional. */
  BAD_CERT_LIMIT(15, false),
  /** {@code max_num_priority} is malformed. */
  BAD_MAX_NUM_PRIORITY(16, true),
  /** {@code monitor} is malformed. */
  BAD_MONITOR_DIGESTS(17, true),
  /** {@code del_type} is missing, malformed or not allowed. */
  BAD_DEL_TYPE(18, false),
  /** {@code valid_dest} is malformed. */
  BAD_VALID_DEST(20, true),
  /** {@code src_ip_spoofing} is malformed. */
  BAD_SRC_IP_SPOOFING(21, true),
  /** A burst rate is malformed. */
  BAD_MAX_BURST_RATE(22, true),
  /** {@code max_socket_count} is malformed. */
  BAD_MAX_SOCKET_COUNT(23, true),
  /** {@code max_exp_period} is malformed. */
  BAD_MAX_EXP_PERIOD(24, true),
  /** {@code max_send_byte} is malformed. */
  BAD_MAX_SEND_BYTE(25, true),
  /** {@code max_send_pkt} is malformed. */
  BAD_MAX_SEND_PKT(26, true),
  /** {@code max_recv_byte} is malformed. */
  BAD_MAX_RECV_BYTE(27, true),
  /** {@code max_recv_pkt} is malformed. */
  BAD_MAX_RECV_PKT(28, true);

  private final int code;
  private final boolean detail;

  CertificateFault(int code, boolean detail) {
    this.code = code;
    this.detail = detail;
  }

  /** Returns the code of the specification, or -1 for {@link #UNLOADABLE}. */
  public int code() {
    return code;
  }

  /** Returns whether the basic decoding succeeded and only the value of a limit is bad. */
  public boolean isDetail() {
    return detail;
  }
}
