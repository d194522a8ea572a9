/**
 * Experiments, and the endpoint sessions they are served with. {@code controller.core} implements {@link Controller}; whoever runs measurements (such as
 * {@code mlet.host}) uses it.
 */
@Export
@Version("0.1.0")
package org.pktlab.controller;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
