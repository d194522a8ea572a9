/**
 * Running mlets: what commands, shells and other faces of the container use. {@code mlet.host} implements {@link MletRunner}; result
 * bundles implement {@link ResultFormat}.
 */
@Export
@Version("0.1.0")
package org.pktlab.mlet.run;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
