/**
 * The words of rendezvous: experiment descriptors, endpoint attributes, channels, addresses, URIs and server names.
 *
 * <p>Everything here is a pure function over octets and text: no input or output, no name resolution, no clock; every type is
 * immutable.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("0.1.0")
package org.pktlab.rendezvous;
