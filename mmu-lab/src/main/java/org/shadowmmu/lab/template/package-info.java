/** New projects for the authors of policies. */
@NullMarked
package org.shadowmmu.lab.template;

import org.jspecify.annotations.NullMarked;
