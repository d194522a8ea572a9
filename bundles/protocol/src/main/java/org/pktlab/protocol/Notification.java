package org.pktlab.protocol;

/** What an endpoint tells its controller unasked, between responses. */
public sealed interface Notification extends Message
    permits Ntag, Nstat, Ndata, Ndrop, Nblock, Linfo, Suspd, Resumd {}
