/**
 * What a filter engine offers: {@link org.pktlab.filter.FilterEngine} checks an eBPF program and makes a {@link org.pktlab.filter.Filter} of it, which is run for
 * every packet. Both dialects of the programs specification, section 3, are spoken.
 */
@Export
@Version("0.1.0")
package org.pktlab.filter;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
