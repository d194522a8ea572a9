/**
 * What a measurement (mlet) is written against: it declares its parameters and result columns once, runs against a {@link Vantage}, and
 * emits typed rows to {@link Results}. Mlet authors implement {@link Mlet}; {@code mlet.host} implements the rest.
 */
@Export
@Version("0.1.0")
package org.pktlab.mlet;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
