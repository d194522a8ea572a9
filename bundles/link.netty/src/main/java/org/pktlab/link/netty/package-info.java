/**
 * Links on Netty and the platform's TLS 1.3 engine. Everything here is private to the bundle; {@link org.pktlab.link.netty.NettyLinks} is
 * public so that a program without OSGi can make one.
 */
package org.pktlab.link.netty;
