// How far each city has come on the day of the demonstration: near its quota, mostly below it, each in its own way.

/** [approved, submitted, drafts, returned] */
type StatusCounts = readonly [done: number, pending: number, drafts: number, returned: number]

export type City = {
  name: string
  code: string
  order: number
  clerk: string
  districts: readonly string[]
  organizations: StatusCounts
  propagandists: StatusCounts
  events: StatusCounts
  /** Workers met at approved events. */
  people: number
  /** Netizens reached by what is approved. */
  netizens: number
  works: number
}

type CityLine = readonly [
  name: string,
  code: string,
  clerk: string,
  districts: string,
  organizations: StatusCounts,
  propagandists: StatusCounts,
  events: StatusCounts,
  people: number,
  netizens: number,
  works: number,
]

const lines: readonly CityLine[] = [
  ['合肥', 'hefei', '沈静文', '庐阳区 蜀山区 包河区', [6, 1, 0, 0], [118, 14, 13, 2], [17, 2, 1, 1], 3620, 964_000, 57],
  ['淮北', 'huaibei', '相里青', '相山区 杜集区 烈山区', [5, 0, 0, 0], [112, 8, 2, 0], [16, 1, 0, 0], 2510, 412_000, 22],
  ['亳州', 'bozhou', '曹明轩', '谯城区 涡阳县 蒙城县', [4, 1, 1, 0], [74, 21, 4, 7], [11, 3, 1, 0], 1740, 288_000, 14],
  ['宿州', 'suzhou', '符望云', '埇桥区 砀山县 灵璧县', [6, 0, 0, 0], [120, 0, 0, 0], [18, 2, 0, 0], 3105, 635_000, 31],
  [
    '蚌埠',
    'bengbu',
    '怀素秋',
    '蚌山区 龙子湖区 怀远县',
    [5, 1, 0, 1],
    [96, 18, 3, 1],
    [13, 2, 1, 0],
    2290,
    441_000,
    20,
  ],
  ['阜阳', 'fuyang', '颜知川', '颍州区 颍泉区 临泉县', [6, 1, 0, 0], [88, 26, 5, 2], [14, 1, 0, 1], 2980, 527_000, 24],
  [
    '淮南',
    'huainan',
    '舒南晴',
    '田家庵区 大通区 凤台县',
    [7, 0, 0, 0],
    [121, 9, 1, 0],
    [18, 0, 0, 0],
    2615,
    589_000,
    34,
  ],
  [
    '滁州',
    'chuzhou',
    '欧阳亭',
    '琅琊区 南谯区 天长市',
    [6, 1, 0, 0],
    [103, 12, 0, 1],
    [15, 3, 1, 0],
    2440,
    473_000,
    23,
  ],
  ['六安', 'luan', '金霍秀', '金安区 裕安区 霍山县', [5, 0, 1, 0], [81, 6, 3, 2], [10, 2, 2, 1], 1690, 306_000, 15],
  [
    '马鞍山',
    'maanshan',
    '李采石',
    '花山区 雨山区 当涂县',
    [6, 0, 0, 0],
    [109, 11, 2, 0],
    [14, 1, 0, 0],
    2380,
    428_000,
    26,
  ],
  ['芜湖', 'wuhu', '江敏之', '镜湖区 弋江区 繁昌县', [5, 1, 0, 0], [124, 3, 0, 0], [19, 0, 0, 0], 3340, 719_000, 38],
  ['宣城', 'xuancheng', '梅敬之', '宣州区 泾县 宁国市', [5, 0, 0, 0], [97, 13, 2, 1], [13, 2, 0, 0], 1980, 352_000, 21],
  [
    '铜陵',
    'tongling',
    '陶永泉',
    '铜官区 义安区 枞阳县',
    [4, 1, 1, 0],
    [69, 17, 23, 0],
    [12, 1, 1, 0],
    1655,
    274_000,
    13,
  ],
  ['池州', 'chizhou', '杜秋浦', '贵池区 东至县 青阳县', [3, 1, 0, 0], [58, 9, 1, 1], [8, 2, 0, 0], 1120, 183_000, 9],
  ['安庆', 'anqing', '方若桐', '迎江区 大观区 桐城市', [7, 0, 0, 1], [113, 10, 2, 0], [16, 2, 0, 0], 2905, 550_000, 29],
  ['黄山', 'huangshan', '程新安', '屯溪区 徽州区 歙县', [5, 1, 0, 0], [84, 19, 4, 1], [12, 1, 0, 1], 1846, 336_000, 18],
]

export const cities: readonly City[] = lines.map(
  ([name, code, clerk, districts, organizations, propagandists, events, people, netizens, works], i) => ({
    name,
    code,
    order: i + 1,
    clerk,
    districts: districts.split(' '),
    organizations,
    propagandists,
    events,
    people,
    netizens,
    works,
  }),
)
