/** Requests that are raised now and serviced at a virtual CPU's next entry, and the accounting of flushes. */
@NullMarked
package org.shadowmmu.engine.request;

import org.jspecify.annotations.NullMarked;
