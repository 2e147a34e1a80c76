/* A few threads that share out the items of a loop.  What an item computes must
 * not depend on the thread that runs it. */
#ifndef VQ_POOL_H
#define VQ_POOL_H

#include <stddef.h>

#include "err.h"

struct vq_pool;

/* One item of a loop; worker is 0..threads-1, for buffers of its own. */
typedef void vq_pool_item(void *context, int worker, size_t index);

/* threads counts the caller too; 1 makes no thread. */
enum vq_code vq_pool_new(struct vq_pool **p, int threads, struct vq_err *err);
void vq_pool_free(struct vq_pool **p);

/* Run items 0..count-1 and return when all are done. */
void vq_pool_run(struct vq_pool *p, size_t count, vq_pool_item *item, void *context);

#endif
