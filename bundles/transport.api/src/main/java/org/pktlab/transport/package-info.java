/**
 * What a kind of socket offers to an endpoint. {@code endpoint.core} uses it; a transport bundle implements {@link Transport} and
 * registers it as a service that may come and go while sessions run.
 */
@Export
@Version("0.1.0")
package org.pktlab.transport;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
