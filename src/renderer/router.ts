import type { Router } from 'vue-router';
import { createMemoryHistory, createRouter } from 'vue-router';
import AuditScreen from './screens/audit/AuditScreen.vue';
import DataScreen from './screens/data/DataScreen.vue';
import HomeScreen from './screens/home/HomeScreen.vue';
import { useSession } from './stores/session';

declare module 'vue-router' {
  interface RouteMeta {
    /** The screen shows an open project. */
    readonly needsProject?: boolean;
    /** The screen shows the result of an audit. */
    readonly needsAudit?: boolean;
  }
}

/** The nine screens. The history is in memory: a window has no address, and a project remembers its own place. */
export function createAppRouter(): Router {
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [
      { path: '/', redirect: '/home' },
      { path: '/home', name: 'home', component: HomeScreen },
      { path: '/data', name: 'data', component: DataScreen, meta: { needsProject: true } },
      { path: '/audit', name: 'audit', component: AuditScreen, meta: { needsProject: true } },
      {
        path: '/review',
        name: 'review',
        component: () => import('./screens/review/ReviewScreen.vue'),
        meta: { needsProject: true, needsAudit: true },
      },
      {
        path: '/stop',
        name: 'stop',
        component: () => import('./screens/stop/StopScreen.vue'),
        meta: { needsProject: true, needsAudit: true },
      },
      {
        path: '/what-if',
        name: 'what-if',
        component: () => import('./screens/whatIf/WhatIfScreen.vue'),
        meta: { needsProject: true, needsAudit: true },
      },
      {
        path: '/explain',
        name: 'explain',
        component: () => import('./screens/explain/ExplainScreen.vue'),
        meta: { needsProject: true, needsAudit: true },
      },
      {
        path: '/groups',
        name: 'groups',
        component: () => import('./screens/groups/GroupsScreen.vue'),
        meta: { needsProject: true, needsAudit: true },
      },
      {
        path: '/export',
        name: 'export',
        component: () => import('./screens/export/ExportScreen.vue'),
        meta: { needsProject: true, needsAudit: true },
      },
    ],
  });
  router.beforeEach((to) => {
    if (to.meta.needsProject === true && !useSession().isOpen) return { name: 'home' };
    return true;
  });
  return router;
}
