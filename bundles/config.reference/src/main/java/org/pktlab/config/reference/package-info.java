/**
 * Reads the configuration files of the C package, {@code endpt.conf} and {@code xpmgr.conf}, and our broker's file of the same syntax.
 *
 * <p>The result is a flat map of directive names and texts, each text checked, fit to be given to Configuration Admin; the package
 * itself needs no OSGi framework.
 */
package org.pktlab.config.reference;
