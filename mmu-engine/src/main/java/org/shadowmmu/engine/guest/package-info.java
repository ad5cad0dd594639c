/** Guest page-table formats and the walker. */
@NullMarked
package org.shadowmmu.engine.guest;

import org.jspecify.annotations.NullMarked;
