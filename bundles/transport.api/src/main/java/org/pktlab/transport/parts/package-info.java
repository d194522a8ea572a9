/**
 * What transports are made of, whatever kind of socket they offer: how a socket ends, how a transport is withdrawn, what the system's errors mean. For bundles that
 * implement {@link org.pktlab.transport.Transport}; nobody who uses sockets needs it. Nothing here depends on a library of loops.
 */
@Export
@Version("0.1.0")
package org.pktlab.transport.parts;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
