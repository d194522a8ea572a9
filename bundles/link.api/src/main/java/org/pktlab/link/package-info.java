/**
 * Connections that carry protocol messages: TLS 1.3, both sides verified inside the handshake. Roles use this package;
 * a link flavour (such as {@code link.netty}) implements {@link Links}.
 */
@Export
@Version("0.1.0")
package org.pktlab.link;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
