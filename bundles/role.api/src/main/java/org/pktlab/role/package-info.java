/**
 * What a running role (endpoint, controller, broker, proxy) tells its administrator. Roles implement {@link RoleStatus} as a service; shells and
 * metrics read it.
 */
@Export
@Version("0.1.0")
package org.pktlab.role;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
