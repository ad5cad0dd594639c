/** Unsync pages and their synchronisation. */
@NullMarked
package org.shadowmmu.engine.sync;

import org.jspecify.annotations.NullMarked;
