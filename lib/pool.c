#include "pool.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

struct vq_pool {
	pthread_mutex_t lock;
	pthread_cond_t start, done;
	pthread_t *thread;
	int threads;	    /* made so far, without the caller */
	size_t next, count; /* of the loop that runs */
	size_t busy;	    /* threads still in it */
	unsigned long loop; /* number of the loop, so that nobody runs one twice */
	vq_pool_item *item;
	void *context;
	bool stop;
};

struct start {
	struct vq_pool *pool;
	int worker;
};

static bool take(struct vq_pool *p, size_t *index)
{
	bool got;

	pthread_mutex_lock(&p->lock);
	got = p->next < p->count;
	*index = p->next;
	p->next += got;
	pthread_mutex_unlock(&p->lock);
	return got;
}

static void drain(struct vq_pool *p, int worker)
{
	size_t i;

	while (take(p, &i))
		p->item(p->context, worker, i);
}

static void *work(void *argument)
{
	struct start s = *(struct start *)argument;
	struct vq_pool *p = s.pool;
	unsigned long seen = 0;

	free(argument);
	pthread_mutex_lock(&p->lock);
	for (;;) {
		while (p->loop == seen && !p->stop)
			pthread_cond_wait(&p->start, &p->lock);
		if (p->stop)
			break;
		seen = p->loop;
		pthread_mutex_unlock(&p->lock);
		drain(p, s.worker);
		pthread_mutex_lock(&p->lock);
		if (--p->busy == 0)
			pthread_cond_signal(&p->done);
	}
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

static bool add_thread(struct vq_pool *p)
{
	struct start *s = malloc(sizeof *s);

	if (s == NULL)
		return false;
	s->pool = p;
	s->worker = p->threads + 1;
	if (pthread_create(&p->thread[p->threads], NULL, work, s) != 0) {
		free(s);
		return false;
	}
	p->threads++;
	return true;
}

enum vq_code vq_pool_new(struct vq_pool **out, int threads, struct vq_err *err)
{
	struct vq_pool *p = *out = calloc(1, sizeof **out);

	if (p == NULL)
		return vq_nomem(err);
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->start, NULL);
	pthread_cond_init(&p->done, NULL);
	p->thread = calloc((size_t)threads, sizeof *p->thread);
	if (p->thread == NULL) {
		vq_pool_free(out);
		return vq_nomem(err);
	}
	for (int i = 1; i < threads; i++)
		if (!add_thread(p)) {
			vq_pool_free(out);
			return vq_fail(err, VQ_ETEMP, "cannot start %d threads", threads);
		}
	return VQ_OK;
}

void vq_pool_free(struct vq_pool **out)
{
	struct vq_pool *p = *out;

	if (p == NULL)
		return;
	pthread_mutex_lock(&p->lock);
	p->stop = true;
	pthread_cond_broadcast(&p->start);
	pthread_mutex_unlock(&p->lock);
	for (int i = 0; i < p->threads; i++)
		pthread_join(p->thread[i], NULL);
	pthread_mutex_destroy(&p->lock);
	pthread_cond_destroy(&p->start);
	pthread_cond_destroy(&p->done);
	free(p->thread);
	free(p);
	*out = NULL;
}

void vq_pool_run(struct vq_pool *p, size_t count, vq_pool_item *item, void *context)
{
	pthread_mutex_lock(&p->lock);
	p->next = 0;
	p->count = count;
	p->item = item;
	p->context = context;
	p->busy = (size_t)p->threads;
	p->loop++;
	pthread_cond_broadcast(&p->start);
	pthread_mutex_unlock(&p->lock);
	drain(p, 0);
	pthread_mutex_lock(&p->lock);
	while (p->busy > 0)
		pthread_cond_wait(&p->done, &p->lock);
	pthread_mutex_unlock(&p->lock);
}
