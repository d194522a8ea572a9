package org.pktlab.protocol;

/** What publishers, endpoints, brokers and proxies say to each other before an experiment. */
public sealed interface Rendezvous extends Message permits Xcert, Xpub, Xsub, Xnotify, Xreg {}
