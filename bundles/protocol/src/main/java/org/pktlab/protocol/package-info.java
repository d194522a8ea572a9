/**
 * The words of the PacketLab control protocol: frames, messages, codec, status codes and the endpoint's memory map.
 *
 * <p>Everything here is a pure function over {@link java.nio.ByteBuffer}: integers are big-endian whatever the order of the
 * buffer, offsets are absolute, position and limit of a buffer are never moved, and there is no I/O, clock, logger or thread.
 */
@Export
@Version("0.1.0")
package org.pktlab.protocol;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
