/**
 * Waking up at a time on the endpoint's clock. {@code endpoint.core} asks for an {@link Alarm}; a schedule bundle implements {@link SendTimer} as a
 * service that may be replaced while sessions run.
 */
@Export
@Version("0.1.0")
package org.pktlab.schedule;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
