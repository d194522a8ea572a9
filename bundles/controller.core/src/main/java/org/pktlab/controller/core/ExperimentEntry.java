package org.pktlab.controller.core;

import java.util.List;
import org.pktlab.cert.Ed25519PublicKey;
import org.pktlab.cert.ProgramDigest;
import org.pktlab.cert.VerifiedChain;
import org.pktlab.rendezvous.Channel;
import org.pktlab.rendezvous.Descriptor;
import org.pktlab.rendezvous.SniKey;

/**
 * One {@code ExpExec} entry, loaded and verified.
 *
 * @param isDefault whether it serves endpoints that send no SNI key
 * @param sniKey its SNI key, or null for a random one at each experiment
 * @param chain sent in the handshake, DER, the certificate of the controller's key first
 * @param verified the same chain as verified
 * @param operators operators whose endpoints are trusted; empty means any
 * @param channels where it is published
 * @param overrides pairs that replace or extend its descriptor
 * @param monitors digests its certificates demand, leaf side first
 */
record ExperimentEntry(
    boolean isDefault,
    SniKey sniKey,
    List<byte[]> chain,
    VerifiedChain verified,
    List<Ed25519PublicKey> operators,
    List<Channel> channels,
    Descriptor overrides,
    List<ProgramDigest> monitors) {}
