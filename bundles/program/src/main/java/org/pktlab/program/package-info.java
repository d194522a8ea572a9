/**
 * Filter and monitor programs as data: the form they have on the wire, their digests, and the text form of eBPF files.
 *
 * <p>Everything here is a pure function over octets and text and every type is immutable; nothing is executed, verified or read from disk.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("0.1.0")
package org.pktlab.program;
