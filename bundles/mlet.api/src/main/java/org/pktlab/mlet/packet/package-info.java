/**
 * Packets octet by octet, for mlets with raw sockets: IP headers and checksums to send, a bounded reader for what was captured, and capture
 * filters. Everything is a pure function over octets, so any thread may use it.
 */
@Export
@Version("0.1.0")
package org.pktlab.mlet.packet;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
