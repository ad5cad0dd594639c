/** Prepare and commit, quota reclaim, obsolete pages, memslot scopes. */
@NullMarked
package org.shadowmmu.engine.zap;

import org.jspecify.annotations.NullMarked;
