/**
 * Keys, certificates, chains and limits of PacketLab: what the trust floor offers to links, roles and tools. The services of this
 * package decode and verify what a peer shows, and issue and store what this side shows.
 */
@Export
@Version("0.1.0")
package org.pktlab.cert;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
