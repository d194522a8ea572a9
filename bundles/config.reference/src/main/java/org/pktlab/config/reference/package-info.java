/**
 * Reads the configuration files of the C package, {@code endpt.conf} and {@code xpmgr.conf}, and our broker's file of the same syntax.
 *
 * <p>The result is a flat map of directive names and texts, each text checked, fit to be given to Configuration Admin; the package
 * itself needs no OSGi framework.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("0.1.0")
package org.pktlab.config.reference;
