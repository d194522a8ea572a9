/** One line per event on standard error, for the launcher and for the bundles of its container. Not exported: the framework shares {@code org.slf4j} only. */
package org.pktlab.launcher.log;
